# The image of op-readiness, of one Kubernetes release: the plugin of Sonobuoy, the job that writes to pull requests, and
# `op-readiness serve` run in it. `make image` makes the same of this file's last stage, without a container engine.
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg KUBERNETES_VERSION=v1.36.3 .
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
ARG TARGETARCH=amd64
ARG KUBERNETES_VERSION
WORKDIR /src
COPY . .
RUN hack/image-tree.sh "$KUBERNETES_VERSION" "$TARGETARCH" /image

FROM scratch
ARG KUBERNETES_VERSION
ARG VERSION
ARG REVISION
ARG CREATED
COPY --from=build /image/ /
ENV PATH=/app HOME=/tmp
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/app/op-readiness"]
LABEL org.opencontainers.image.title="op-readiness" \
      org.opencontainers.image.description="Windows Operational Readiness (KEP-2578), with e2e.test of Kubernetes ${KUBERNETES_VERSION}" \
      org.opencontainers.image.source="https://github.com/kubernetes-sigs/windows-operational-readiness" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      io.k8s.kubernetes.version="${KUBERNETES_VERSION}"
