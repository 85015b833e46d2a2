"""What adapter authors test with: the contract kits (they arrive with the Microsoft 365 workspace)."""
