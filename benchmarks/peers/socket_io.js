// Socket.IO: a room for each topic, and an acknowledgement for each clap.

"use strict";

const http = require("http");
const { Server } = require("socket.io");
const { count, takeTellings } = require("./counting");

const server = http.createServer(takeTellings((topic, text) => io.to(topic).emit("news", JSON.parse(text))));
const io = new Server(server, {
  transports: [process.env.PEER_TRANSPORT ?? "websocket"],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
});

async function clap(message, acknowledge) {
  const claps = await count(message.topic);
  acknowledge({ ack: message.id, claps });
  io.to(message.topic).emit("news", { topic: message.topic, state: { claps } });
}

io.on("connection", (socket) => {
  socket.join(socket.handshake.query.topic);
  // The first request is kept for sessions otherwise, which costs memory.
  socket.conn.request = null;
  socket.on("clap", (message, acknowledge) => clap(message, acknowledge).catch(console.error));
});

server.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1", backlog: 4096 });
