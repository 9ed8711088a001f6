"""Training of the small models whose weights ship. Nothing that runs imports it."""
