"""Inline SVG: the evidence timeline, the purchase rhythm, the price and the picture of relations."""
