# op-readiness and what the generated job for reports runs, hack/report-sweep.sh. cloudbuild.yaml publishes it.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY . .
RUN make build

FROM debian:bookworm-slim
RUN apt-get update -q && apt-get install -qy --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/bin/op-readiness /src/hack/report-sweep.sh /usr/local/bin/
USER 65532
CMD ["op-readiness", "help"]
