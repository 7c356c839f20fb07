ARG BASE=node:24-bookworm-slim

FROM $BASE AS init
USER root
RUN command -v tini || { apt-get update && apt-get install --yes --no-install-recommends tini; }
RUN cp -p "$(command -v tini)" /tini

FROM $BASE AS base
COPY --from=init /tini /tini
ENV HOST=0.0.0.0 HOSTNAME=0.0.0.0 PORT=3000 HOME=/tmp NEXT_TELEMETRY_DISABLED=1
EXPOSE 3000
ENTRYPOINT ["/tini","--"]

FROM base AS production
COPY root/ /
ENV NODE_ENV=production
WORKDIR /app
USER 1000:1000
HEALTHCHECK --interval=5000ms --timeout=5000ms --start-period=60000ms --retries=3 CMD ["bash","-c","exec 3<>\"/dev/tcp/127.0.0.1/$PORT\" && printf \"GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n\" \"$1\" >&3 && read -r version status rest <&3 && [[ $status == 2?? ]]","probe","/"]
CMD ["node","server.js"]
ARG REVISION=""
ARG VERSION=""
ARG CREATED=""
ARG BASE_DIGEST=""
LABEL org.opencontainers.image.title="hello" \
      org.opencontainers.image.base.name="node:24-bookworm-slim" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.digest="$BASE_DIGEST"
