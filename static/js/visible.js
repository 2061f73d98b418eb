// Spares a hidden tab its polling; the socket pauses by itself.
addEventListener('htmx:config:request', event => {
  if (document.hidden && event.detail.ctx.sourceElement.id === 'lp') event.preventDefault()
})
