# syntax=docker/dockerfile:1

# docker build --build-arg VERSION=$(git describe --tags --always) --build-arg COMMIT=$(git rev-parse --short=12 HEAD) -t usagebot .
# docker run -p 8080:8080 -v usagebot-data:/data --env-file .env usagebot

# Both images may be given by digest, which unlike a tag means the same for ever:
#   docker buildx imagetools inspect gcr.io/distroless/static-debian12:nonroot --format '{{.Manifest.Digest}}'
#   docker build --build-arg BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot@sha256:... .
# The second has no tags of versions.
ARG BUILD_IMAGE=golang:1.26.8
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM --platform=$BUILDPLATFORM $BUILD_IMAGE AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=unknown
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -tags nomsgpack -trimpath -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" -o /out/usagebot . \
    && mkdir /out/data

# Certificates and a user, but no shell and no package manager. The time zones are inside the program.
FROM $BASE_IMAGE
COPY --from=build /out/usagebot /usagebot
# The folder must belong to the user before it becomes a volume, or a new volume belongs to root.
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV DATA_DIR=/data
VOLUME /data
USER nonroot:nonroot
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 CMD ["/usagebot", "healthcheck"]
# SIGTERM lets the work in hand finish; give it longer than the 10 seconds that it may take (docker stop -t 15).
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usagebot"]
CMD ["serve"]
