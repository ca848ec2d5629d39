"""Views of the pages that the server makes; each works without JavaScript."""
