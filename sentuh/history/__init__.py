"""History: read topics back and collect what happened; audit, trace and dead letters use it."""
