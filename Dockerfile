# mailsim as an image that holds nothing but the program, about the size of its binary.
#
#   CGO_ENABLED=0 go build -trimpath -o mailsim ./cmd/mailsim
#   docker build -t mailsim .
#   docker run --rm mailsim run example:mx-fallback
#   docker run --rm -v "$PWD:/work:ro" mailsim run story.yaml
#   docker run --rm -p 127.0.0.1:5353:5353/udp -p 127.0.0.1:5353:5353/tcp \
#     mailsim dns example:mx-fallback --listen 0.0.0.0:5353 --allow-remote
#
# A test (cmd/mailsim/container_test.go) builds it and does so. For report files in
# /work, mount it without :ro and run with --user "$(id -u)".
FROM scratch
COPY mailsim /mailsim
# Nobody: no port that mailsim listens on is privileged.
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["/mailsim"]
