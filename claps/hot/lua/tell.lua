-- Tells one message on many channels: ARGV[1] is the message, the rest are the channels. For those who are
-- listening now; it changes nothing.
for number = 2, #ARGV do
  redis.call('PUBLISH', ARGV[number], ARGV[1])
end
