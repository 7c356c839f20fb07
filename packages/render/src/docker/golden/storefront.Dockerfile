# Rendered by `kova render docker` from kova.config.ts; do not edit.
# To render it again: kova render docker. To see whether it has drifted: kova render docker --check.
# To build it, with BuildKit, which Docker 23 and newer take by themselves:
#   docker build --target production --tag NAME --build-arg REVISION="$(git rev-parse HEAD)" \
#     --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" .
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

FROM base AS dependencies
RUN install -d -o 1000 -g 1000 /app /home/app
ENV HOME=/home/app
USER 1000:1000
WORKDIR /app
COPY --chown=1000:1000 ["package.jso[n]","package-lock.jso[n]","npm-shrinkwrap.jso[n]","pnpm-lock.yam[l]","yarn.loc[k]",".npmr[c]","./"]
COPY --chown=1000:1000 ["patche[s]","./patches/"]
COPY --chown=1000:1000 ["prism[a]","./prisma/"]
ARG NPM_CONFIG_REGISTRY
RUN --mount=type=cache,target=/home/app/.npm,uid=1000,gid=1000 ["npm","ci"]

FROM dependencies AS development
ENV NODE_ENV=development
COPY --chown=1000:1000 [".","./"]
HEALTHCHECK --interval=5000ms --timeout=5000ms --start-period=60000ms --retries=3 CMD ["bash","-c","exec 3<>\"/dev/tcp/127.0.0.1/$PORT\" && printf \"GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n\" \"$1\" >&3 && read -r version status rest <&3 && [[ $status == 2?? ]]","probe","/api/health"]
CMD ["npm","run","dev","--","--hostname","0.0.0.0","--port","3000"]

FROM dependencies AS build
ENV NODE_ENV=production
RUN mkdir -p .next/cache
COPY --chown=1000:1000 [".","./"]
RUN --mount=type=cache,target=/app/.next/cache,uid=1000,gid=1000 ["npm","run","build"]

FROM base AS release
USER root
COPY --from=build ["/app/.next/standalone","/release/app/"]
COPY --from=build ["/app/.next/static","/release/app/.next/static"]
COPY --from=build ["/app/publi[c]","/release/app/public"]
ARG SOURCE_DATE_EPOCH=0
RUN find /release -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM base AS production
COPY --from=release /release/ /
ENV NODE_ENV=production
WORKDIR /app
USER 1000:1000
HEALTHCHECK --interval=5000ms --timeout=5000ms --start-period=60000ms --retries=3 CMD ["bash","-c","exec 3<>\"/dev/tcp/127.0.0.1/$PORT\" && printf \"GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n\" \"$1\" >&3 && read -r version status rest <&3 && [[ $status == 2?? ]]","probe","/api/health"]
CMD ["node","server.js"]
ARG REVISION=""
ARG VERSION=""
ARG CREATED=""
ARG BASE_DIGEST=""
LABEL org.opencontainers.image.title="storefront" \
      org.opencontainers.image.base.name="node:24-bookworm-slim" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.digest="$BASE_DIGEST"
