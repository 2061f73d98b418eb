// An answer and the socket may overtake each other: counts that are older than what is shown are left out.
const shown = {}

function leaveOld(text) {
  return text.replace(/<!--(\d+)@(\w+)\.(\d+)-->(<hx-partial id="\w+-\1">.*?<\/hx-partial>)*/gs, (group, post, epoch, offset) => {
    const known = shown[post]
    if (known && known.epoch === epoch && known.offset > +offset) return ''
    shown[post] = { epoch, offset: +offset }
    return group
  })
}

addEventListener('htmx:after:request', event => { event.detail.ctx.text = leaveOld(event.detail.ctx.text) })
addEventListener('htmx:ws:before:message:incoming', event => {
  event.detail.message.data = leaveOld(event.detail.message.data)
})
