import { expect, test } from '@playwright/test'

test('search finds by word and says so when there is nothing', async ({ page }) => {
  await page.goto('/')
  await page.getByLabel('Search the shop').fill('lantern')
  await page.getByLabel('Search the shop').press('Enter')
  await expect(page.getByTestId('result-count')).toHaveText('1 product')
  await expect(page.getByTestId('product-card')).toContainText('Storm Lantern')
  await page.goto('/products?q=submarine')
  await expect(page.getByText('Nothing washed up for that.')).toBeVisible()
})

test('a department narrows the list', async ({ page }) => {
  await page.goto('/products')
  await page.getByRole('navigation', { name: 'Filter by department' }).getByText('Cabin').click()
  await expect(page.getByTestId('result-count')).toHaveText('6 products')
})

test('the gallery turns to another view', async ({ page }) => {
  await page.goto('/products/brass-compass')
  const seaside = page.getByRole('button', { name: 'By the sea' })
  await seaside.click()
  await expect(seaside).toHaveAttribute('aria-pressed', 'true')
})

test('the cart can be changed and emptied', async ({ page }) => {
  await page.goto('/products/boot-socks')
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.goto('/cart')
  await page.getByLabel('Quantity of').fill('3')
  await page.getByRole('button', { name: /Update/ }).click()
  await expect(page.getByTestId('cart-count')).toHaveText('3')
  await page.getByRole('button', { name: /Remove/ }).click()
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible()
})

test('the footer says which release is running', async ({ page, request }) => {
  const { release } = await (await request.get('/api/health')).json()
  await page.goto('/')
  await expect(page.getByTestId('release')).toHaveText(release)
})
