"""Where: places, areas as they were on a day, their names and the distances between them."""
