"""What people install: built, looked into, installed in an empty environment, run outside the checkout."""
