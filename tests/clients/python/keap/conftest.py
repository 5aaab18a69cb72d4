from given import calls, way

__all__ = ["calls", "way"]
