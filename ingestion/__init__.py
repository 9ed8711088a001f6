"""File → Paper → branch of the tree, in batches. It must not know questions, screens or any one store."""
