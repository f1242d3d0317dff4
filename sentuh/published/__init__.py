"""Documents that Sentuh publishes about itself: AsyncAPI, schemas, dashboards, metrics."""
