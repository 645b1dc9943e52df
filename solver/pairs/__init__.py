"""Inside the pairing solver: the model, its proof, and answers to questions about it."""
