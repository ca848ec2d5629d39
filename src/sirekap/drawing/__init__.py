"""Draws blank forms from their definitions, for printing and for the simulated camera."""

from sirekap.drawing.blank import draw_form, raster_form

__all__ = ["draw_form", "raster_form"]
