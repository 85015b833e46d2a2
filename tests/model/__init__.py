"""Any order of what schools, people and accidents do, held against a model of what must be true."""
