"""What is found: the chunks worth ranking, their order, and the passages they become."""
