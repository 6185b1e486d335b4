// The servers that `fanout.py` compares with: Socket.IO on Express, and the ws package. Both send what the gateway sends, and are told when by
// signals (SIGHUP: one event, SIGUSR2: eight); POST /settle collects garbage before memory is looked at.
const http = require("http");
const express = require("express");

const [, , kind, port] = process.argv;
const app = express();
const server = http.createServer(app);
const event = (n) => ({ type: "incident.opened", id: String(n), mark: process.env.MARK, data: "x".repeat(Number(process.env.SIZE)) });
let number = 0;
let emit;

if (kind === "socketio") {
  const { Server } = require("socket.io");
  const io = new Server(server);
  io.on("connection", (socket) => socket.join("acme"));
  emit = () => io.to("acme").emit("event", event(number++));
} else {
  const { WebSocketServer, WebSocket } = require("ws");
  const all = new WebSocketServer({ server });
  all.on("connection", (socket) => socket.send('{"type":"hello"}'));
  emit = () => {
    const text = Buffer.from(JSON.stringify(event(number++)));
    for (const socket of all.clients) if (socket.readyState === WebSocket.OPEN) socket.send(text, { binary: false });
  };
}

for (const [signal, count] of [["SIGHUP", 1], ["SIGUSR2", 8]])
  process.on(signal, () => {
    for (let n = 0; n < count; n++) emit();
  });
app.post("/settle", (_, response) => {
  for (let n = 0; n < 3; n++) global.gc();
  response.end();
});
server.listen(Number(port), "127.0.0.1", 4096);
