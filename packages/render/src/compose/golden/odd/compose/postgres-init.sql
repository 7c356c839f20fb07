-- Rendered by `kova render compose` from kova.config.ts; do not edit.
-- To render it again: kova render compose. To see whether it has drifted: kova render compose --check.
-- PostgreSQL's image runs this once, when its volume is empty: the app is an ordinary role that owns its database.
\getenv password KOVA_APP_PASSWORD
CREATE ROLE app LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE app OWNER app;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
