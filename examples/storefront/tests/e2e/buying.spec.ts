import { expect, test } from '@playwright/test'

test('a visitor browses, adds to the cart and checks out', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.getByRole('link', { name: 'Browse the shop' }).click()
  await page.getByTestId('product-card').filter({ hasText: 'Long Watch Flask' }).getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Long Watch Flask')
  await expect(page.getByTestId('gallery-motion')).toBeVisible()

  await page.getByLabel('Quantity').selectOption('2')
  await page.getByRole('button', { name: 'Add to cart' }).click()
  const drawer = page.getByRole('dialog', { name: 'In your cart' })
  await expect(drawer).toContainText('Long Watch Flask × 2')
  await drawer.getByRole('link', { name: 'Check out' }).click()

  await page.getByLabel('Full name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Street and number').fill('1 Quay Street')
  await page.getByLabel('Town or city').fill('Falmouth')
  await page.getByLabel('Postcode').fill('TR11 3AB')
  await page.getByRole('button', { name: /Place order/ }).click()

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Thank you, Ada Lovelace')
  await expect(page.getByTestId('order-number')).toHaveText(/^TW-\d+$/)
  await expect(page.getByTestId('order-line')).toContainText('Long Watch Flask × 2')
  await expect(page.getByTestId('cart-count')).toHaveText('0')
})

test('the checkout says which fields are missing', async ({ page }) => {
  await page.goto('/products/beach-stool')
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Check out' }).click()
  await page.getByRole('button', { name: /Place order/ }).click()
  await expect(page.getByLabel('Full name')).toBeFocused()
  await expect(page.getByText('Enter a postcode such as TR26 1NW.')).toBeVisible()
})
