"""The JSON bodies of the REST API, named as in GitLab's `API::Entities`."""
