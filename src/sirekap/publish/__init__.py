"""Static files that anyone can serve and recount: pages, JSON, CSV, photographs, manifest."""

from sirekap.publish.site import PublishReport, publish_site

__all__ = ["PublishReport", "publish_site"]
