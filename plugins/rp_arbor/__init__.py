"""Arbor as an MIS, over its REST API v2.

Checked against the vendor's published schema and client library, not yet against a live site: what neither
of them says is found out while asking, or is configuration.
"""
