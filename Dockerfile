# One static binary, with certificates and a place for its data. Nothing else is in
# the image: pages that need a browser, and pdftotext, need an image of your own.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags="-s -w" -o /out/freshet ./cmd/freshet \
 && mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/freshet /usr/bin/freshet
COPY --from=build /out/tmp /tmp
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV FRESHET_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/usr/bin/freshet", "doctor", "--ready"]
ENTRYPOINT ["/usr/bin/freshet"]
CMD ["serve", "--addr", "0.0.0.0:8080"]
