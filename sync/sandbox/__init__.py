"""Loopback servers of both CRMs, true to their quirks; they import nothing of the product, nor it them."""
