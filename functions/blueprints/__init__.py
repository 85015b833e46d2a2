"""One file a trigger, each no more than a way in."""
