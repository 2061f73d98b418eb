// Node's ws: a loop over clients, with one frame made for all of them.

"use strict";

const http = require("http");
const { WebSocketServer, WebSocket } = require("ws");
const { count, takeTellings } = require("./counting");

const rooms = new Map();

// Made once, as ws' author proposes for broadcasts and as Socket.IO does it; `send()` would make it for each client.
function tell(topic, text) {
  const frame = WebSocket.Sender.frame(Buffer.from(text), {
    fin: true, mask: false, opcode: 1, readOnly: false, rsv1: false,
  });
  for (const client of rooms.get(topic) ?? []) {
    if (client.readyState === WebSocket.OPEN) client._sender.sendFrame(frame);
  }
}

async function clap(client, message) {
  const claps = await count(message.topic);
  client.send(JSON.stringify({ ack: message.id, claps }));
  tell(message.topic, JSON.stringify({ topic: message.topic, state: { claps } }));
}

const server = http.createServer(takeTellings(tell));
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on("connection", (client, request) => {
  const topic = new URL(request.url, "http://localhost").searchParams.get("topic");
  if (!rooms.has(topic)) rooms.set(topic, new Set());
  const room = rooms.get(topic);
  room.add(client);
  client.on("error", console.error);
  client.on("close", () => room.delete(client));
  client.on("message", (data) => clap(client, JSON.parse(data)).catch(console.error));
});

server.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1", backlog: 4096 });
