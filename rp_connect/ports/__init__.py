"""What the core needs from outside, as Protocols, and the values that cross those borders."""
