"""One function a use case: command line, pages and jobs call these and nothing below them."""
