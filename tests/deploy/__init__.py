"""What is deployed: rules, dashboards, runbooks, images, compose file."""
