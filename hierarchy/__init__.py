"""The tree: its nouns, its ids, its stores. It knows neither PDFs, nor questions, nor screens."""
