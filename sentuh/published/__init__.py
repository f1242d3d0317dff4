"""What Sentuh publishes about itself: AsyncAPI, schemas, dashboards and the page of metrics."""
