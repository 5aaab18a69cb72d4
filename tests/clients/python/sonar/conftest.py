from given import ask, way

__all__ = ["ask", "way"]
