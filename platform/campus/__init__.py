"""The campus sign-in: another system says who sits at a browser, by OpenID Connect or by CAS."""
