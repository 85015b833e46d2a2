"""Nothing personal may leave the places where it belongs: looked for with names that nobody could mistake."""
