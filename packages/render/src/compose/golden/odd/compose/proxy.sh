# Rendered by `kova render compose` from kova.config.ts; do not edit.
# To render it again: kova render compose. To see whether it has drifted: kova render compose --check.
# Makes a certificate for localhost, unless there is one that holds for 30 days more, and starts nginx.
set -eu
umask 077
cd /etc/nginx/tls
if ! openssl x509 -in localhost.pem -noout -checkend 2592000 >/dev/null 2>&1; then
  openssl req -x509 -newkey rsa:2048 -sha256 -days 365 -nodes -keyout localhost-key.pem -out localhost.pem \
    -subj '/O=Kova development/CN=localhost' \
    -addext 'subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1' \
    -addext 'extendedKeyUsage=serverAuth'
fi
exec nginx -g 'daemon off;'
