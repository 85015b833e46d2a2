"""The plugin hooks: their markers, their specifications and the host that calls them."""
