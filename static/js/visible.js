// Spares a hidden tab its polling: "3 reading now" means three who can see the page.
// The socket pauses by itself; coming back wakes both.
document.addEventListener('htmx:config:request', event => {
  if (document.hidden && event.detail.ctx.sourceElement.id === 'lp') event.preventDefault()
})
