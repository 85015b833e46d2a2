"""rp-connect: from a school's MIS to restorative practice that gets done. The core; it knows no vendor."""

__version__ = "0.1.0"
