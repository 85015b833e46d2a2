"""One use case a module: each takes its ports from wiring, owns its transactions, and answers with values."""
