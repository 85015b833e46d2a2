"""The pages and the API over a real store: what they show, what they refuse, how they work in a browser."""
