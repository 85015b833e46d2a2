"""Kills, floods and broken stores: what must hold when things go wrong."""
