"""What the parts of the application build their REST resources from: tokens, scopes, pages, repeats, problems."""
