"""Pages of recurring visits."""
