"""Pages of the Service Center."""
