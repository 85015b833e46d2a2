"""The Lead's pages and the JSON API: each request is parsed, calls one service and is answered."""
